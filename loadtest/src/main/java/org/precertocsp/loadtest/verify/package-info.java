/// Checks sampled answers completely: signature, chain, CertID, status, window.
@NullMarked
package org.precertocsp.loadtest.verify;

import org.jspecify.annotations.NullMarked;
