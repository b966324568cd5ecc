"""The calendar: on which day an episode is announced, has come out, or has arrived.

``spans`` are days; ``reading`` brings what is known of them with a fixed number of queries, and
page, API and feed show that.
"""
