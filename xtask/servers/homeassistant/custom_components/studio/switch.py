"""The monitor wall, off at the start."""

from homeassistant.components.demo.switch import DemoSwitch


class StudioSwitch(DemoSwitch):
    """A switch with a name of its own; the demo switch takes the name of its device."""

    _attr_has_entity_name = False

    def __init__(self, name):
        """Name the switch."""
        super().__init__(name.lower().replace(" ", "_"), name, False, False)
        self._attr_name = name


async def async_setup_platform(hass, config, async_add_entities, discovery_info=None):
    """Add the switch."""
    async_add_entities([StudioSwitch("Monitor wall")])
