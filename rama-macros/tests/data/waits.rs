use rama_core::prelude::*;

defmodule! {
    WaitsModule {
        depot *urls: String, random;
        depot *sizes: (String, usize), hash_by(|size| size.0.clone());

        stream pages {
            sources! {
                source(*urls) :> url;
                let client = Client::new();
                await_future(client.get(url.clone()), timeout: Duration::from_secs(10)) :> page;
                let Ok(page) = page else { filter(false); };
                await_future(async move { page.len() }) :> size;
                |hash(url);
                depot_append(*sizes, (url.clone(), size), append_ack);
                yield_if_overtime();
                depot_append(*sizes, (url, client.sent()));
            }
        }
    }
}
