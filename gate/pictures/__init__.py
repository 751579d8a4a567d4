"""Figures for the report: inline SVG that takes the page's colours, and PNG. Importing them loads matplotlib."""
