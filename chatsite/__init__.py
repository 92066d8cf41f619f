"""The site: settings, entry points, health. It wires the apps together and holds no business of its own."""
