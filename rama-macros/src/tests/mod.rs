//! Tests of the whole compiler, stage by stage.
