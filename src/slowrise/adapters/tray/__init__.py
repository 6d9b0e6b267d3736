"""An icon in the panel."""
