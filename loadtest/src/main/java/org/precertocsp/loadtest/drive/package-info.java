/// Sends requests at a pace and measures the answers; knows HTTP, not what the answers mean.
@NullMarked
package org.precertocsp.loadtest.drive;

import org.jspecify.annotations.NullMarked;
