"""The pages that people see in a browser: what they show (pure), their templates, styles and scripts."""
