/**
 * Data sets by name: from a recipe's few lines to opened sets with their splits.
 */
@NullMarked
package io.reflux.data.catalog;

import org.jspecify.annotations.NullMarked;
