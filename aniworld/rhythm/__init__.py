"""When something comes again: cron expressions, periods and plain words. Knows no Django.

``reading.read(text)`` makes a rhythm of what a person wrote, ``rhythms.upcoming(…)`` says when it
comes next. Every moment is given; nothing here looks at a clock.
"""
