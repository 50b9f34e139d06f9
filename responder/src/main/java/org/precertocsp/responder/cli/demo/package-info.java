/// The demonstration: a throwaway CA, fed through the real feeds and answered for.
@NullMarked
package org.precertocsp.responder.cli.demo;

import org.jspecify.annotations.NullMarked;
