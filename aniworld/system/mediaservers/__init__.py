"""Media servers: Jellyfin, Emby, Plex and Kodi are told where Aniworld changed videos."""
