/// The cluster's log on Apache Kafka: one totally ordered topic, written and read by the nodes.
///
/// Start at [KafkaStatusLog]: it is the [StatusLog][org.precertocsp.responder.cluster.StatusLog] of
/// a real cluster. [KafkaResponseLog] is the one of signed responses, which have no order.
/// [ClusterTopic] says which topics there are and how they must be set, [TopicAdmin] creates and
/// checks them. The package uses little of Kafka: produce, fetch, list offsets, and describe
/// topics; no consumer groups, transactions or compaction.
///
/// The hard idea is that Kafka is not trusted with more than order and durability. What was
/// appended twice, late, or by somebody else is found by the rules of the cluster; a reader follows
/// its own offset and learns from the broker only whether that offset is still, or no longer,
/// there. So no setting of a client can break a promise except durability, and the settings it
/// depends on belong to the topics: they are checked before the first record is read or written.
///
/// Nothing here is loaded unless a configuration has a section `cluster`.
@NullMarked
package org.precertocsp.responder.cluster.kafka;

import org.jspecify.annotations.NullMarked;
