create or replace trigger close_period_alone before insert on closed_periods
    for each row execute function close_period_alone();
