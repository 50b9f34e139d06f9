/// Drives any responder over the wire, measures, compares; imports the responder for benchmarks
/// only.
@NullMarked
package org.precertocsp.loadtest;

import org.jspecify.annotations.NullMarked;
