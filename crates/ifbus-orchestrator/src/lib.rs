//! ifbus-orchestrator
