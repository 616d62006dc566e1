-- Outputs that wait for a rating are counted by `RatingReports.waiting`: as a view they took four
-- times as long.
drop view open_ratings;
