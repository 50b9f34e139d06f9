/// Words shared by the tests of every module.
@NullMarked
package org.precertocsp;

import org.jspecify.annotations.NullMarked;
