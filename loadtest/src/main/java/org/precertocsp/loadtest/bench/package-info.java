/// JMH benchmarks: each tests one claim about a piece of the responder, without sockets.
///
/// `bin/precert-load bench` runs them in Java processes of their own. Figures are of one machine
/// and one build; compare them with each other, and totals only with `precert-load compare`.
@NullMarked
package org.precertocsp.loadtest.bench;

import org.jspecify.annotations.NullMarked;
