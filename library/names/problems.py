"""Why no number was read from a name: codes, whose sentences stand in `library.texts`.

They have no parameters: what they are about stands in the name, and is shown with it.
"""

from __future__ import annotations

NO_NUMBER = "name_without_number"
TOO_LONG = "name_too_long"
RANDOM = "name_at_random"
SEASON_ONLY = "name_of_season"
SEVERAL_SEASONS = "name_of_several_seasons"
FILM = "name_of_film"
DECIMAL = "name_with_decimal"
DATE = "name_of_date"
OPENING = "name_of_opening"
VOLUME = "name_of_volume"
EXTRA = "name_in_extras"
DISC = "name_of_disc_piece"
