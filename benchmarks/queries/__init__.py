"""Query times over a ledger of ten years."""
