/// JMH benchmarks: each tests one claim about one part of the responder, without sockets.
///
/// Start at any class that ends in `Benchmark`: its Javadoc states the claim, the input, and what
/// is not measured. `precert-load bench` runs them through [BenchmarkRunner], each in Java
/// processes of its own, which share large inputs through a directory ([BenchmarkDirectory]).
/// [BenchmarkFixture] is the fixture: a CA, its files and a loaded store.
///
/// Results depend on the machine and the build. Compare them with each other; compare totals only
/// with `precert-load compare`.
@NullMarked
package org.precertocsp.loadtest.bench;

import org.jspecify.annotations.NullMarked;
