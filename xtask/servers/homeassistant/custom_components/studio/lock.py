"""The door, locked at the start; it takes a moment to lock and unlock."""

from homeassistant.components.demo.lock import DemoLock
from homeassistant.const import STATE_LOCKED


async def async_setup_platform(hass, config, async_add_entities, discovery_info=None):
    """Add the lock."""
    lock = DemoLock("Studio door", STATE_LOCKED)
    lock._attr_unique_id = "studio_door"
    async_add_entities([lock])
