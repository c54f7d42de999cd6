"""Synthetic event logs. `synthetic.reference` makes an authority that needs no data at all."""
