"""What yt-dlp's own extractors read of a page, asked in a process of its own."""
