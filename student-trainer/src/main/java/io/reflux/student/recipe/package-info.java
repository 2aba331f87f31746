/**
 * Recipes: one YAML file that says what a student is, which teacher and data it learns from, in which stages, and where
 * the result goes. Records that validate; {@link io.reflux.student.recipe.RecipeReader} names file, line and key of what is wrong.
 */
@NullMarked
package io.reflux.student.recipe;

import org.jspecify.annotations.NullMarked;
