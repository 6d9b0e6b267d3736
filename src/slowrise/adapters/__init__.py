"""One outside thing per module. `system/` holds what several kinds share."""
