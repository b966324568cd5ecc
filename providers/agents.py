"""Who we say we are."""

NAMED_AGENT = "Aniworld/0.1 (self-hosted library manager)"
# Hosters serve their players to desktop browsers only (page contract, 3).
BROWSER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
