/**
 * Which batches are in the weights: how often each was applied, by which model it was labelled, and what the labels were. It
 * lives in the checkpoint beside the weights, so that both always tell of the same steps.
 */
@NullMarked
package io.reflux.student.ledger;

import org.jspecify.annotations.NullMarked;
