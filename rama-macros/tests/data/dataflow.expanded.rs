fn run() {
    let words = text.split(' ');
    for word in words {
        if word.len() > 1 {
            let mut joined = ::std::vec::Vec::new();
            if word == "the" {
                let weight = 0;
                joined.push((weight,));
            } else {
                for weight in 0..2 {
                    joined.push((weight,));
                }
            }
            for (weight,) in joined {
                let n = count(::core::clone::Clone::clone(&word), weight);
                total += n;
            }
        }
    }
}
const PATH: Closure = |path| path.keypath(user).keypath(3).nil_to_val(0).view(|n| n + 1);
