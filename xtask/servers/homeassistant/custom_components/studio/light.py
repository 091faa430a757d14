"""Three lights with colour and colour temperature, off at the start."""

from homeassistant.components.demo.light import DemoLight


class StudioLight(DemoLight):
    """A light with a name of its own; the demo light takes the name of its device."""

    _attr_has_entity_name = False

    def __init__(self, name):
        """Name the light."""
        super().__init__(unique_id=name.lower().replace(" ", "_"), device_name=name, state=False)
        self._attr_name = name


async def async_setup_platform(hass, config, async_add_entities, discovery_info=None):
    """Add the lights."""
    async_add_entities([StudioLight("Key light"), StudioLight("Fill light"), StudioLight("On air sign")])
