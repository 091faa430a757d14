//! Requests of the family `inputs`.

use crate::request::{Accepted, replies, requests};

requests! {
    /// Asks for all inputs.
    GetInputList -> InputList {
        ;
        /// Of this kind only.
        input_kind: String,
    }
    /// Asks whether an input is muted.
    GetInputMute -> InputMute {
        /// The input's name.
        input_name: String,
    }
    /// Mutes or unmutes an input.
    SetInputMute -> Accepted {
        /// The input's name.
        input_name: String,
        /// Whether it shall be muted.
        input_muted: bool,
    }
}

replies! {
    /// All inputs.
    InputList {
        /// The inputs.
        inputs: Vec<Input>,
    }
    /// One input.
    Input {
        /// Its name.
        input_name: String,
        /// Its UUID; since 5.4.0.
        input_uuid: Option<String>,
        /// Its kind with the version, such as `color_source_v3`.
        input_kind: String,
    }
    /// Whether an input is muted.
    InputMute {
        /// Whether it is.
        input_muted: bool,
    }
}
