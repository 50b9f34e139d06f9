/// Tells what a run measured: table, JSON, histogram log, HTML.
@NullMarked
package org.precertocsp.loadtest.report;

import org.jspecify.annotations.NullMarked;
