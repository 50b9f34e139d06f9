/// A cluster of real processes, each in a network namespace of its own, while links, processes,
/// disks and records fail. Start at [ClusterCampaignIT]; [Campaign] is what it runs.
@NullMarked
package org.precertocsp.responder.campaign;

import org.jspecify.annotations.NullMarked;
