// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What every contract here that holds other people's money says about it
interface IEscrow {
    /// @notice A payment waits here for its receiver: the token refused it, or it is one that is fetched.
    event SetAside(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    error NothingToWithdraw(address account);
    error InvalidReceiver(address to);
    error UnsupportedToken();

    /// @notice Take what was set aside for the caller.
    function withdraw(address to) external returns (uint256 amount);

    function setAside(address account) external view returns (uint256);
}
