"""The schedule: what runs by itself, when it does, and how it went (docs/adr/0017-schedule.md)."""
