/// The store on disk: column families and versioned record bytes.
@NullMarked
package org.precertocsp.responder.rocksdb;

import org.jspecify.annotations.NullMarked;
