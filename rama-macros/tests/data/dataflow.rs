dataflow! {
    let words = text.split(' ');
    explode(words) :> word;
    filter(word.len() > 1);
    if word == "the" {
        let weight = 0;
    } else {
        explode(0..2) :> weight;
    }
    count(word, weight) :> n;
    total += n;
}

path![keypath(user, 3), nil_to_val(0), view(|n| n + 1)];
