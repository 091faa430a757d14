"""Two cameras that can be switched on and off; on is shown as streaming, as by the demo camera."""

from homeassistant.components.demo.camera import DemoCamera


async def async_setup_platform(hass, config, async_add_entities, discovery_info=None):
    """Add the cameras."""
    cameras = [DemoCamera("Studio front", "image/jpg"), DemoCamera("Studio side", "image/jpg")]
    for camera, name in zip(cameras, ("studio_front", "studio_side")):
        camera._attr_unique_id = name
    async_add_entities(cameras)
