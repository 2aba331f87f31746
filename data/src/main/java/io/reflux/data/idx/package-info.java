/**
 * The IDX file format of the MNIST family (LeCun, Cortes and Burges), read with every size checked before it is believed.
 */
@NullMarked
package io.reflux.data.idx;

import org.jspecify.annotations.NullMarked;
