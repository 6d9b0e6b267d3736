"""Where input comes from: each module is one way to see that somebody is there."""
