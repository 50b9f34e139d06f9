/// The ways alerts reach people: webhooks, commands, Prometheus Alertmanager and the log.
@NullMarked
package org.precertocsp.responder.alert.channel;

import org.jspecify.annotations.NullMarked;
