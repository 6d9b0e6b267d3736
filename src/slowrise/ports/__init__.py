"""What the program needs of the outside world, in few methods."""
