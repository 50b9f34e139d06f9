/// YAML to records, every error reported with its line.
@NullMarked
package org.precertocsp.responder.config;

import org.jspecify.annotations.NullMarked;
