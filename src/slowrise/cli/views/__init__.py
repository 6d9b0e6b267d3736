"""What commands print: terminal pages, sentences, exports."""
