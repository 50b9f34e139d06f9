/// The ways alerts reach people.
@NullMarked
package org.precertocsp.responder.alert.channel;

import org.jspecify.annotations.NullMarked;
