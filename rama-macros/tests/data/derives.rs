#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
pub struct Place<I> {
    pub country: String,
    pub id: I,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(crate = crate::backend)]
pub enum Contact {
    Unknown,
    Phone(u16, u64),
    Mail { address: String },
}

#[derive(FixedKeys)]
pub struct Account<V: Nested> {
    /// The name that others see.
    name: String,
    #[fixed_keys(rename = "followers")]
    fans: Subindexed<Set<u64>>,
    r#type: V,
    parts: Map<u64, Self>,
}
