"""What several seeded defects do in the same way; the builder packs it beside a defect that imports it."""
