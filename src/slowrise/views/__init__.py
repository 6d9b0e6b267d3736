"""What was concluded, shown: sentences, the terminal, the page, the status bar. Views return, commands print."""
