#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
pub struct Place<I> {
    pub country: String,
    pub id: I,
}
const _: () = {
    use ::rama_core::__private as __rama;
    #[automatically_derived]
    #[allow(deprecated, reason = "a key has all of its parts")]
    impl<I: __rama::Key> __rama::Key for Place<I> {
        fn encode_key(&self, out: &mut ::std::vec::Vec<::core::primitive::u8>) {
            let Self { country: field_country, id: field_id } = self;
            <String as __rama::Key>::encode_key(field_country, out);
            <I as __rama::Key>::encode_key(field_id, out);
        }
        fn decode_key(
            input: &mut &[::core::primitive::u8],
        ) -> ::core::result::Result<Self, __rama::CodecError> {
            ::core::result::Result::Ok(Self {
                country: <String as __rama::Key>::decode_key(input)?,
                id: <I as __rama::Key>::decode_key(input)?,
            })
        }
    }
};
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(crate = crate::backend)]
pub enum Contact {
    Unknown,
    Phone(u16, u64),
    Mail { address: String },
}
const _: () = {
    use crate::backend::__private as __rama;
    #[automatically_derived]
    #[allow(deprecated, reason = "a key has all of its parts")]
    impl __rama::Key for Contact {
        fn encode_key(&self, out: &mut ::std::vec::Vec<::core::primitive::u8>) {
            match self {
                Self::Unknown {} => {
                    out.push(0);
                }
                Self::Phone { 0: field_0, 1: field_1 } => {
                    out.push(1);
                    <u16 as __rama::Key>::encode_key(field_0, out);
                    <u64 as __rama::Key>::encode_key(field_1, out);
                }
                Self::Mail { address: field_address } => {
                    out.push(2);
                    <String as __rama::Key>::encode_key(field_address, out);
                }
            }
        }
        fn decode_key(
            input: &mut &[::core::primitive::u8],
        ) -> ::core::result::Result<Self, __rama::CodecError> {
            match __rama::take_variant(input, "a variant of `Contact`")? {
                0 => ::core::result::Result::Ok(Self::Unknown {}),
                1 => {
                    ::core::result::Result::Ok(Self::Phone {
                        0: <u16 as __rama::Key>::decode_key(input)?,
                        1: <u64 as __rama::Key>::decode_key(input)?,
                    })
                }
                2 => {
                    ::core::result::Result::Ok(Self::Mail {
                        address: <String as __rama::Key>::decode_key(input)?,
                    })
                }
                _ => {
                    ::core::result::Result::Err(__rama::CodecError::Invalid {
                        expected: "a variant of `Contact`",
                    })
                }
            }
        }
    }
};
#[derive(FixedKeys)]
pub struct Account<V: Nested> {
    /// The name that others see.
    name: String,
    #[fixed_keys(rename = "followers")]
    fans: Subindexed<Set<u64>>,
    r#type: V,
    parts: Map<u64, Self>,
}
const _: () = {
    use ::rama_core::__private as __rama;
    /// The keys of [`Account`].
    #[allow(deprecated, non_snake_case, reason = "names and types are the user's")]
    pub struct AccountKeys<V: Nested + 'static> {
        /// The name that others see.
        pub name: __rama::FixedKey<String>,
        /// Key `followers`.
        pub fans: __rama::FixedKey<Subindexed<Set<u64>>>,
        /// Key `type`.
        pub r#type: __rama::FixedKey<V>,
        /// Key `parts`.
        pub parts: __rama::FixedKey<Map<u64, Account<V>>>,
    }
    #[automatically_derived]
    #[allow(deprecated, reason = "a row has all of its keys")]
    impl<V: Nested + 'static> __rama::FieldNames for Account<V> {
        type Keys = AccountKeys<V>;
        const KEYS: &'static Self::Keys = &AccountKeys {
            name: __rama::FixedKey::new("name"),
            fans: __rama::FixedKey::new("followers"),
            r#type: __rama::FixedKey::new("type"),
            parts: __rama::FixedKey::new("parts"),
        };
    }
    #[automatically_derived]
    #[allow(deprecated, reason = "a row has all of its keys")]
    impl<V: Nested + 'static> __rama::FixedKeys for Account<V> {
        const FIELDS: &'static [__rama::FieldSchema] = &[
            __rama::FieldSchema::of::<String>("name"),
            __rama::FieldSchema::of::<Subindexed<Set<u64>>>("followers"),
            __rama::FieldSchema::of::<V>("type"),
            __rama::FieldSchema::of::<Map<u64, Self>>("parts"),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated, reason = "a row has all of its keys")]
    impl<V: Nested + 'static> __rama::Nested for Account<V> {
        type Kind = __rama::Indexed;
        type Value = ();
        type There = __rama::Fields<Self>;
        const DEPTH: u8 = 1 + __rama::fixed_keys::levels::<Self>();
        fn describe() -> __rama::Text {
            let _ = |value: &Self| {
                let Self { name: _name, fans: _fans, r#type: _type, parts: _parts } = value;
            };
            __rama::fixed_keys::describe::<Self>()
        }
        fn layout() -> __rama::Text {
            __rama::fixed_keys::layout::<Self>()
        }
    }
    #[automatically_derived]
    #[allow(deprecated, reason = "a row has all of its keys")]
    impl<V: Nested + 'static> __rama::Schema for Account<V> {
        type Root = __rama::Fields<Self>;
        const DEPTH: u8 = __rama::fixed_keys::levels::<Self>();
        fn describe() -> __rama::Text {
            let _ = |value: &Self| {
                let Self { name: _name, fans: _fans, r#type: _type, parts: _parts } = value;
            };
            __rama::fixed_keys::describe::<Self>()
        }
        fn layout() -> __rama::Text {
            __rama::fixed_keys::layout::<Self>()
        }
    }
};
