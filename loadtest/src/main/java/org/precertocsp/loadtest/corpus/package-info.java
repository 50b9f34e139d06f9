/// Synthetic populations: a CA, its delegated responder and any number of serials, as the files
/// that feeds, other servers and the load driver read.
///
/// Start at [Corpus]. Everything is computed from a seed: serial number `i`, its status and its
/// dates are functions of `i` ([SyntheticSerials]), so a hundred million serials need no memory and
/// the same plan gives the same files byte for byte, keys and signatures included. Keys of a corpus
/// therefore protect nothing.
@NullMarked
package org.precertocsp.loadtest.corpus;

import org.jspecify.annotations.NullMarked;
